using System.Runtime.CompilerServices;

// Files and plots are tested without measuring anything.
[assembly: InternalsVisibleTo("HftDelta.Tests")]
