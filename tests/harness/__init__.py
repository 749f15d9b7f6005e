"""What the scripts that run real programs share: processes, certificates, a recorder, proofs."""
