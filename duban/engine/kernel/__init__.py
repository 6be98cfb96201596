"""The kernel: SpiffWorkflow made right and fast by subclass and class swap (docs/decisions/0001-kernel-by-subclass.md).

``tasks`` one token's stay · ``workflow`` a case and its scopes · ``specs`` prepares what the parser built ·
``element`` ``activities`` ``gateways`` ``joins`` ``loops`` ``scopes`` ``events`` ``throwing`` what each element does ·
``messages`` who a message is for · ``merge`` three-way merges · ``handed`` what ended tokens changed · ``prune``
forgets history · ``state`` ``boxes`` the stored form · ``record`` what happened in a step · ``stuck`` incidents.
"""
