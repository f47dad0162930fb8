<?php
// The main job by PHP's SoapClient, generated from the server's WSDL, with the header that PHP scripts send.
// Arguments: WSDL, user, password, company name, asset handle, job name. Prints JSON: what it found, and every answer.
ini_set('soap.wsdl_cache_enabled', '0');
[, $wsdl, $user, $password, $company, $asset, $job] = $argv;

$client = new SoapClient($wsdl, ['trace' => true, 'exceptions' => true, 'cache_wsdl' => WSDL_CACHE_NONE]);
$client->__setSoapHeaders(new SoapHeader(
    'http://www.scene7.com/IpsApi/xsd/2014-04-03',
    'authHeader',
    ['user' => $user, 'password' => $password, 'appName' => 'php', 'appVersion' => '1.0']
));
$answers = [];
$call = function (string $operation, array $param) use ($client, &$answers) {
    $found = $client->__soapCall($operation, [$param]);
    $answers[] = $client->__getLastResponse();
    return $found;
};

try {
    $handle = $call('getCompanyInfo', ['companyName' => $company])->companyInfo->companyHandle;
    $folders = $call('getFolders', ['companyHandle' => $handle, 'folderPath' => "$company/"]);
    $submitted = $call('submitJob', [
        'companyHandle' => $handle,
        'jobName' => $job,
        'reprocessAssetsJob' => [
            'assetHandleArray' => ['items' => [$asset]],
            'createMask' => false,
            'preserveCrop' => false,
            'manualCropOptions' => ['left' => 10, 'right' => 20, 'top' => 30, 'bottom' => 40],
            'emailSetting' => 'None',
        ],
    ])->jobHandle;
    do {
        usleep(50000);
        $active = $call('getActiveJobs', ['companyHandle' => $handle, 'jobHandle' => $submitted]);
    } while (isset($active->jobArray->items));
    $details = $call('getJobLogDetails', ['companyHandle' => $handle, 'jobHandle' => $submitted]);
    $log = $details->jobLogArray->items;
    $log = is_array($log) ? $log[0] : $log;
    echo json_encode([
        'company' => $handle,
        'folders' => count((array) $folders->folderArray->items),
        'job' => $submitted,
        'succeeded' => $log->fileSuccessCount,
        'answers' => $answers,
    ]);
} catch (SoapFault $fault) {
    $names = array_keys((array) ($fault->detail ?? []));
    echo json_encode([
        'fault' => $names[0] ?? '',
        'code' => $names ? $fault->detail->{$names[0]}->code : 0,
        'answers' => array_merge($answers, [$client->__getLastResponse()]),
    ]);
}
