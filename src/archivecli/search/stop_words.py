"""English words that carry little: what a search may pass over. Words of a field of knowledge do not belong here."""

STOP_WORDS = frozenset(
    """
    a about all also am an and any are as at be been being but by can could did do does doing for from had has have
    having he her hers him his how i if in into is it its itself me mr mrs ms dr he my of on or our over please s she
    so some such t than that the their them themselves then there these they this those to too under up us via vs was
    we were what when where whether which while who whom whose why will with within would you your
    """.split()
)
"""Words that say nothing by themselves; they count only where a query has no others."""

SOFT_WORDS = frozenset(
    """
    able according across actual actually addressed addresses after again against ago aim aims almost alone
    along already although always among amongst another anybody anyone anything appear appeared archive around
    article articles aside ask asked asking attend attended attendee attendees attending away back based
    became because become becomes before began begin beginning behind being belong besides best better between
    beyond big both break brief bring bringing brings broke brought call called calling came carried carry
    certain certainly chance choose chose clear clearly come comes coming concern concerned concerning
    concerns consider considered considering contain contained contains could couple cover covered covering
    currently date dated dates deal dealing deals dealt describe described describes despite detail details
    did different directly discuss discussed discusses discussing discussion document documents doing done
    down due during each earlier early easily easy either else end ended ends enough enter entered entire
    entirely entries entry especially even event events ever every everybody everyone everything exact exactly
    example except face faced facing fact far felt few finally find finding first follow followed following
    follows former forth found friday full fully further gave general generally get gets getting give given
    gives giving go goal goals goes going gone good got great had happen happened happening happens hard
    hardly having hear heard held hence here hold holding holds however idea include included includes
    including indeed info information instead involved involves item items just keep keeping keeps kept kind
    knew know known knows large largely last late later latter least leave leaves led left less let lets like
    likely list listed lists little located location long look looked looking looks lookup lot lots made main
    mainly make makes making many matter matters may maybe mean meaning means meant mention mentioned
    mentioning mentions might monday month months more moreover most mostly much must name named namely names
    near nearly necessary need needed needs neither never nevertheless new news next none nor not note noted
    nothing now number objective objectives occasion occur occurred off often old once one ones only onto
    other others otherwise ought out outcome outcomes outside overall own page pages paid part participated
    particular particularly past pay paying people perhaps person persons place placed places please plus
    point possible possibly present previous previously probably purpose purposes put quite rather read real
    really reason recent recently regard regarding regards relate related relating relevant remain report
    reported reporting reports result results right role roles said same saturday saw say saying says search
    second see seeing seem seemed seems seen send sent several shall should show showed showing shown shows
    side similar simply since single small so-called something sometimes somewhere soon sort sorts speak
    special specific spoke spoken start started starting state stated still stood stop story stuff such sunday
    sure take taken takes taking talk talked talking tell telling tells text thanks thing things think third
    though thought through throughout thursday thus time times title today together told took top topic toward
    towards treat treated tried true truly try trying tuesday turn turned turns two type types unlike until
    upon use used useful uses using usual usually various venue versus very want wanted wants way ways
    wednesday week weeks well went whatever whenever wherever whole wide widely without word words work worked
    working works worth write written wrong wrote year years yes yet yours
    """.split()
)
"""Words of questions and of any prose: they help to rank, but an event need not hold them."""
