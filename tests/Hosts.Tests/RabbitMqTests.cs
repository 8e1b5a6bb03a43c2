namespace Hosts.Tests;

[Collection(BrokerFixture.Name)]
public sealed class RabbitMqRunActivityTests(BrokerFixture broker) : RunActivityContract(broker);

[Collection(BrokerFixture.Name)]
public sealed class RabbitMqConnectionCommandTests(BrokerFixture broker) : ConnectionCommandContract(broker);

[Collection(BrokerFixture.Name)]
public sealed class RabbitMqAnsweredCommandTests(BrokerFixture broker) : AnsweredCommandContract(broker);

[Collection(BrokerFixture.Name)]
public sealed class RabbitMqWakingTests(BrokerFixture broker) : WakingContract(broker);

[Collection(BrokerFixture.Name)]
public sealed class RabbitMqHappyPathTests(BrokerFixture broker) : HappyPathContract(broker);
