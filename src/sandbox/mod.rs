//! A local Partner Center.
