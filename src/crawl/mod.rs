//! The pipeline: joins source, net, extract and store. The one place with tasks and channels.
