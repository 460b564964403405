using HftDelta.Wire;

namespace HftDelta.Gateway.Oracles;

/// <summary>Judges the signature of one report. Called on the verifier's thread alone.</summary>
/// <param name="frame">A validated OracleReport.</param>
/// <returns>None: it is its source's; otherwise why it is refused.</returns>
public delegate RejectCode ReportVerifier(ReadOnlySpan<byte> frame);
