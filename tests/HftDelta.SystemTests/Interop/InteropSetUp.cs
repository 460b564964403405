namespace HftDelta.SystemTests.Interop;

/// <summary>Around all interop tests: at the end the table of what was run, and nothing left behind.</summary>
[SetUpFixture]
internal sealed class InteropSetUp
{
    [OneTimeTearDown]
    public void Finish()
    {
        InteropTable.Print();
        OfficialPeerClasses.Delete();
    }
}
