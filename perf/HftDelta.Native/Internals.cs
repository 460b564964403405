using System.Runtime.CompilerServices;

// The tests call the exported functions as a C program would: through pointers.
[assembly: InternalsVisibleTo("HftDelta.Tests")]
