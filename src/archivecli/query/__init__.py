"""What is asked: criteria, their parser, the fields to choose and count by."""
