"""Public data sets, one file each, measured beside what others have published."""
