namespace HftDelta.Engine.Books;

/// <summary>What came of an operation on a book. A result other than <see cref="Ok"/> changed nothing.</summary>
public enum BookResult : byte
{
    Ok = 0,

    /// <summary>The price would be one level more than the book holds.</summary>
    LevelPoolFull = 1,
}
