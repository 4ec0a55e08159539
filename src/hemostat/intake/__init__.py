"""The hot door: check who sends, put the message into the spool, answer after the commit."""
