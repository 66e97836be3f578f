//! Shows plans, events and diagnostics.
