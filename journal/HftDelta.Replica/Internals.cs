using System.Runtime.CompilerServices;

// The tests compare the two implementations of signing and damage the store's files at known places.
[assembly: InternalsVisibleTo("HftDelta.Tests")]
