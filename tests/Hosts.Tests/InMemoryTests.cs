namespace Hosts.Tests;

public sealed class InMemoryRunActivityTests() : RunActivityContract(null);

public sealed class InMemoryConnectionCommandTests() : ConnectionCommandContract(null);

public sealed class InMemoryAnsweredCommandTests() : AnsweredCommandContract(null);

public sealed class InMemoryWakingTests() : WakingContract(null);

public sealed class InMemoryHappyPathTests() : HappyPathContract(null);
