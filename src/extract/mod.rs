//! Learns tools from packages and source without running them: archive bytes in, tool objects with file and line out.
//! Never executes anything, never writes to disk, and does its parsing in a worker process that may die.
