using System.Runtime.CompilerServices;

// Tests look at segments byte by byte.
[assembly: InternalsVisibleTo("HftDelta.Tests")]
