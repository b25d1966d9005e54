"""Recorded files of many vendors, each played as a whole run and its books audited."""
