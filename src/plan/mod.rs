//! Compares desired with live state. Pure: no I/O, no clock, no environment.
