//! Where servers are listed, one file per kind: bytes of a page in, [`Listing`](crate::model::Listing)s out. Pure: says
//! which URL to ask and understands the answer, never asks itself.
