"""Tables of the text front end, as files that a person can read and extend."""
