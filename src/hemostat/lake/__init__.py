"""From the spool to Parquet files that are written once, and the questions people ask of them."""
