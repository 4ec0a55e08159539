"""The process between the door and the console: spool to lake, lake to findings, findings to alerts."""
