"""The page of a run as one file: HTML that holds its own style, script and data.

It asks nothing of any network, so it opens wherever the file lies, now and in ten years. What it
draws is handed in as plain columns; where they come from is none of its business.
"""
