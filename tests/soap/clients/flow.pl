#!/usr/bin/perl
# The main job by Perl's SOAP::Lite at the address that the server's WSDL names.
# Arguments: WSDL, user, password, company name, asset handle, job name. Prints JSON: what it found, and every answer.
use strict;
use warnings;
use JSON::PP;
use LWP::UserAgent;
use SOAP::Lite;

my ($wsdl, $user, $password, $company, $asset, $job) = @ARGV;
my $namespace = 'http://www.scene7.com/IpsApi/xsd/2014-04-03';
my ($address) = LWP::UserAgent->new->get($wsdl)->decoded_content =~ /address location="([^"]+)"/;

my $client = SOAP::Lite->new(proxy => $address)->outputxml(0)->on_action(sub { qq("$_[1]") });
my $header = SOAP::Header->name(
    authHeader => \SOAP::Data->value(map { element(@$_) } [user => $user], [password => $password],
        [appName => 'perl'], [appVersion => '1.0'])
)->attr({ xmlns => $namespace });
my @answers;

sub element {
    my ($name, @value) = @_;
    my $value = ref $value[0] ? \SOAP::Data->value(map { element(@$_) } @value) : $value[0];
    return SOAP::Data->name($name => $value)->type('');
}

sub call {
    my ($operation, @fields) = @_;
    my $method = SOAP::Data->name("${operation}Param")->attr({ xmlns => $namespace });
    my $found = $client->call($method => map({ element(@$_) } @fields), $header);
    push @answers, $client->transport->http_response->decoded_content;
    if ($found->fault) {
        my ($name) = keys %{ $found->faultdetail };
        print encode_json({ fault => $name, code => 0 + $found->faultdetail->{$name}{code}, answers => \@answers });
        exit 0;
    }
    return $found;
}

my $handle = call(getCompanyInfo => [companyName => $company])->valueof('//companyHandle');
my @folders = call(getFolders => [companyHandle => $handle], [folderPath => "$company/"])->valueof('//path');
my $submitted = call(
    submitJob => [companyHandle => $handle],
    [jobName => $job],
    [   reprocessAssetsJob => [assetHandleArray => [items => $asset]],
        [createMask => 'false'],
        [preserveCrop => 'false'],
        [manualCropOptions => [left => 10], [right => 20], [top => 30], [bottom => 40]],
        [emailSetting => 'None'],
    ]
)->valueof('//jobHandle');
my @active;
do {
    select undef, undef, undef, 0.05;
    @active = call(getActiveJobs => [companyHandle => $handle], [jobHandle => $submitted])->valueof('//jobArray/items');
} while (@active);
my $details = call(getJobLogDetails => [companyHandle => $handle], [jobHandle => $submitted]);

print encode_json({
    company => $handle,
    folders => scalar @folders,
    job => $submitted,
    succeeded => 0 + $details->valueof('//fileSuccessCount'),
    answers => \@answers,
});
