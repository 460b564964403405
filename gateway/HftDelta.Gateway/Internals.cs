using System.Runtime.CompilerServices;

// Tests step parts of the agents one by one.
[assembly: InternalsVisibleTo("HftDelta.Tests")]
