//! What the user wrote: YAML with positions, decoded into desired state.
