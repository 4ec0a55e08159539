"""Twins of the systems around a store, each speaking its real protocol on a loopback address."""
