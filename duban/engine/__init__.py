"""The engine: runs diagrams; the only importer of SpiffWorkflow. Pure: state and input and now give an outcome."""
