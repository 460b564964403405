using System.Runtime.CompilerServices;

// Tests check the parts that judge a demonstration, each by itself.
[assembly: InternalsVisibleTo("HftDelta.Tests")]
