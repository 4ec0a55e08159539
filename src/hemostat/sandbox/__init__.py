"""A twin of a merchant's store that leaks on command: synthetic people, real servers on loopback, and a guard around them.

Import the topic modules; this package imports nothing, so that each twin process stays small.
"""
