"""What each method of the WebSocket API does; `table.py` says which there are."""
