"""Recorded data, read lazily and checked before it becomes ticks and lots.

Every Parquet file of market data comes in here. One that breaks a promise ends in a
`DataError` with its address (file, row, column, value); no row is repaired, dropped or invented.
"""
