export const BASTION_TYPE = 'microsoft.network/bastionhosts';
export const GATEWAY_TYPE = 'microsoft.network/virtualnetworkgateways';
