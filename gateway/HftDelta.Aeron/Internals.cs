using System.Runtime.CompilerServices;

// The tests check single rules, such as one flow control, that a conversation reaches only by chance.
[assembly: InternalsVisibleTo("HftDelta.Tests")]
