namespace HftDelta.Engine.State;

/// <summary>The kind of record behind a hash contribution. The hash holds it: values never change or come back.</summary>
public enum StateRecordType : byte
{
    Venue = 1,
    Underlying = 2,
    Instrument = 3,
    Account = 4,
    Position = 5,
    Order = 6,
    Session = 7,
    PendingWork = 8,
    RiskInputs = 9,
    Parameter = 10,
    OracleSource = 11,
}
