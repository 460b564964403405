using System.Runtime.CompilerServices;

// The tests check the parts that an outside caller cannot reach, such as a single AES round or a table.
[assembly: InternalsVisibleTo("HftDelta.Tests")]
