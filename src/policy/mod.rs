//! Verdict in, decision out, then one file per enforcement point that writes the decision down.
