"""Markets that are made up: the same one for the same seed, on every machine."""

from sims.synthetic.files import ActionFile, SyntheticFile, make_actions, make_file

__all__ = ["ActionFile", "SyntheticFile", "make_actions", "make_file"]
