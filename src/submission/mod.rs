//! What a submission is: field table, lossless document, canonical forms.
