"""Recorded data, read lazily and checked before it becomes ticks and lots; tables, written whole.

Everything outside the core that touches Parquet is here. A file that breaks a promise ends in a
`DataError` with its address (file, row, column, value); no row is repaired, dropped or invented.
"""
