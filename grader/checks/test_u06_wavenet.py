"""Checks of unit 06."""
