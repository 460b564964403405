namespace HftDelta.Engine.Greeks;

/// <summary>The right that a European option gives.</summary>
public enum OptionKind : byte
{
    Call = 0,
    Put = 1,
}
