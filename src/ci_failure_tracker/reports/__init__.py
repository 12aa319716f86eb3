"""Test reports: JUnit XML and TRX files in artifacts, read into `TestResult`. Nothing here knows the tracker.

`xml_reader` walks through XML without a tree and refuses document types, so no entity is ever expanded. `junit` and
`trx` turn what it meets into results, `naming` writes the names as logs do, `archive` finds the reports in an artifact.

No library reads both formats. Those for JUnit XML build a tree of the whole file and resolve document types as their
parser does (junitparser 5.0: lxml if it is there; 128 KB, 37 ms to import). So the parser is expat, which Python has
(0.3 ms), as it is for defusedxml, and the archive is read by `zipfile`. remotezip sends a request for each entry
and reads all that a server sends.
"""
