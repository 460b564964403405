namespace HftDelta.Engine.Books;

/// <summary>What came of an operation on a book. A result other than <see cref="Ok"/> changed nothing.</summary>
public enum BookResult : byte
{
    Ok = 0,

    /// <summary>The price is outside the band and all pooled levels are in use.</summary>
    LevelPoolFull = 1,
}
