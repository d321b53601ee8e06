//! Tool in, verdict out: rules as data, text normalisation, the judge and the examiner. Never needs the network.
